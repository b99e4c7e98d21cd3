"""Where templates are found, and what they refuse to write."""

import pytest

from iamglue.formats.templates import render_template, templates_directory


def _installed(place):
    place.mkdir(parents=True)
    (place / "cloudformation.yaml.j2").write_text("")
    return place


def test_templates_are_found_inside_an_installed_package(tmp_path):
    inside = _installed(tmp_path / "iamglue" / "templates")
    assert templates_directory(tmp_path / "iamglue") == inside


def test_templates_are_found_beside_the_package_of_a_source_tree(tmp_path):
    beside = _installed(tmp_path / "templates")
    (tmp_path / "iamglue").mkdir()
    assert templates_directory(tmp_path / "iamglue") == beside


def test_templates_of_the_package_come_first(tmp_path):
    _installed(tmp_path / "templates")
    inside = _installed(tmp_path / "iamglue" / "templates")
    assert templates_directory(tmp_path / "iamglue") == inside


def test_an_unrelated_folder_beside_the_package_is_not_taken(tmp_path):
    (tmp_path / "templates").mkdir()
    with pytest.raises(FileNotFoundError, match="incomplete"):
        templates_directory(tmp_path / "iamglue")


def test_a_template_cannot_write_what_no_filter_has_written(tmp_path, monkeypatch):
    place = _installed(tmp_path / "templates")
    (place / "raw.j2").write_text("{{ name }}")
    monkeypatch.setattr("iamglue.formats.templates.templates_directory", lambda: place)
    with pytest.raises(TypeError, match="without a filter"):
        render_template("raw.j2", {}, name="hostile")
