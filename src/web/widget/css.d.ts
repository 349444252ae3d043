/** A style sheet, minified into text by the bundler. */
declare module "*.css" {
  export const css: string;
}
