export const respond = (body) => ({ statusCode: 200, body: JSON.stringify(body) });
