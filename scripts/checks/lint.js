// The linter's defaults, warnings included, and the rules of the house that it knows: no default export, enum,
// namespace or `export *`; no import cycle; no focused or skipped test; 250 lines a file and 50 a function, or a
// `biome-ignore` that says why not. Its rules beat scripts of ours. It also parses bench, scripts and examples.
import { biome } from "../biome.js";

export function check(root) {
	return biome(root, [
		"--formatter-enabled=false",
		"--assist-enabled=false",
		"--error-on-warnings",
	]);
}
