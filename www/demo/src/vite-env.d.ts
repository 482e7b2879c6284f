/** What the build tells the page. */
interface ImportMeta {
  readonly env: { readonly PROD: boolean };
}
