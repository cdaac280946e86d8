import { createRequire } from "node:module";
import path from "node:path";

const folder = path.resolve(import.meta.dirname, "../../today");
const { resolve } = createRequire(path.join(folder, "package.json"));

/** A package of today's, from the folder that they are installed in for the benchmark alone. */
export const importToday = (name) => import(resolve(name));
