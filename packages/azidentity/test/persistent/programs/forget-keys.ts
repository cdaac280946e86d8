// Removes the keys that caches of a run left in the kernel: their names as JSON on stdin.
import { readFileSync } from "node:fs";
import { removeKey } from "../kernel-keys.ts";

for (const name of JSON.parse(readFileSync(0, "utf8"))) removeKey(name);
