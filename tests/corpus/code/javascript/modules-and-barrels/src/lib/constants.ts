export enum Tables {
  Users = 'users',
  Orders = 'orders',
}
export const config = { audit: { table: `${process.env.STAGE}-audit` } } as const;
