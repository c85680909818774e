// What Vite makes of an import: a style becomes a file of the page, a file its address.
declare module "*.css";
declare module "*?url" {
  const address: string;
  export default address;
}
