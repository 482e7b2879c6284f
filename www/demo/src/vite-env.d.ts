/** What the build tells the page. */
interface ImportMeta {
  readonly env: { readonly PROD: boolean };
}

/** A file's text, put into the script. */
declare module "*?raw" {
  const text: string;
  export default text;
}
