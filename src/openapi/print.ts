import { createApp } from "../app.ts";
import { describeApi } from "./document.ts";

/** The API document as published. */
export function printDocument(): string {
  return JSON.stringify(describeApi(createApp().routes));
}
