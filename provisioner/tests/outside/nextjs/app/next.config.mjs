import { dirname } from "node:path";

/** The packages lie two directories above the app, as in a monorepo. @type {import("next").NextConfig} */
export default {
  turbopack: { root: dirname(dirname(import.meta.dirname)) },
};
