import { dirname } from "node:path";

/** The packages lie one directory above the app, as in a monorepo. @type {import("next").NextConfig} */
export default {
  turbopack: { root: dirname(import.meta.dirname) },
};
