// One formatter with its defaults, and sorted imports, so that no review and no diff is about spaces.
// To mend: npx biome check --write .
import { biome } from "../biome.js";

export function check(root) {
	return biome(root, ["--linter-enabled=false"]);
}
