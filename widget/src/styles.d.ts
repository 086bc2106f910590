// Style sheets: imported for their effect, or (the loader's) as a text.
declare module "*/loader.css" {
  const text: string;
  export default text;
}
declare module "*.css";
