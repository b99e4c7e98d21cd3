export const build = (id: string) => ({ id: { S: id } });
