"""Documents of plain data with anything anywhere, for tests of readers."""

from hypothesis import strategies as st


def change_anywhere(tree, data, values, *, deepest):
    """Put a drawn value in a drawn place of the tree, at most `deepest` levels down."""
    at = tree
    for _ in range(data.draw(st.integers(0, deepest))):
        inner = [
            each for each in (at.values() if isinstance(at, dict) else at) if isinstance(each, dict | list) and each
        ]
        if not inner:
            break
        at = data.draw(st.sampled_from(inner))
    keys = list(at) if isinstance(at, dict) else list(range(len(at)))
    at[data.draw(st.sampled_from(keys))] = data.draw(values)
