// Compares what two modules export: names, which of them are classes, how many arguments those take, and the `name`
// that an error of them carries, which programs test for.
import { NOT_YET, ON_PURPOSE } from "./azure-identity.js";

/**
 * What differs and is not excused, and what is excused and does not differ. `theirs` and `ours` are
 * `{ types: names[], values: module }`; `types` are those exported as types alone.
 */
export function differences(
	theirs,
	ours,
	notYet = NOT_YET,
	onPurpose = ON_PURPOSE,
) {
	const excused = new Set([
		...Object.values(notYet).flat(),
		...Object.keys(onPurpose),
	]);
	const found = differing(theirs, ours);
	return [
		...[...found]
			.filter(([key]) => !excused.has(key))
			.map(([key, what]) => `${key}: ${what}`),
		...[...excused]
			.filter((key) => !found.has(key))
			.map((key) => `${key}: listed as a difference, and is none any more`),
	];
}

function differing(theirs, ours) {
	const found = new Map();
	for (const name of theirs.types)
		if (!ours.types.includes(name)) found.set(name, "the type is missing");
	for (const [name, their] of Object.entries(theirs.values)) {
		const our = ours.values[name];
		if (our === undefined) {
			found.set(name, "is missing");
			continue;
		}
		if (typeof our !== typeof their)
			found.set(`${name}.kind`, `${typeof our}, there ${typeof their}`);
		else if (typeof our === "string" && our !== their)
			found.set(`${name}.value`, `"${our}", there "${their}"`);
		if (typeof our !== "function" || typeof their !== "function") continue;
		if (our.length !== their.length)
			found.set(
				`${name}.arity`,
				`takes ${our.length} arguments, there ${their.length}`,
			);
		const [ourName, theirName] = [nameOf(our), nameOf(their)];
		if (ourName !== theirName)
			found.set(`${name}.name`, `is called ${ourName}, there ${theirName}`);
	}
	return found;
}

/** The name that instances of an error carry; a class's or function's own otherwise. */
function nameOf(exported) {
	if (!(exported.prototype instanceof Error)) return exported.name;
	// Each error takes one of these: a status and a body, a list of errors, or options.
	for (const args of [[400, "{}"], [[]], [{ scopes: [] }]]) {
		try {
			return new exported(...args).name;
		} catch {} // not these arguments; the next may be
	}
	return exported.name;
}
