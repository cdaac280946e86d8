// Compares what two modules export: names, which of them are classes, how many arguments those take, the `name` that an
// error of them carries, which programs test for, and the members of constants.
import { NOT_YET, ON_PURPOSE } from "./azure-identity.js";

/**
 * What differs and is not excused, and what is excused and does not differ. `theirs` and `ours` are
 * `{ types: names[], values: module }`; `types` are those exported as types alone. `members` is what differs inside of
 * the types of both (members.js). An excuse `*.member` is for that member of every type.
 */
export function differences(
	theirs,
	ours,
	members = new Map(),
	notYet = NOT_YET,
	onPurpose = ON_PURPOSE,
) {
	const excused = new Set([
		...Object.values(notYet).flat(),
		...Object.keys(onPurpose),
	]);
	const found = new Map([...differing(theirs, ours), ...members]);
	const everywhere = (key) => key.replace(/^\w+\./, "*.");
	const met = new Set(
		[...found.keys()].flatMap((key) => [key, everywhere(key)]),
	);
	return [
		...[...found]
			.filter(([key]) => !excused.has(key) && !excused.has(everywhere(key)))
			.map(([key, what]) => `${key}: ${what}`),
		...[...excused]
			.filter((key) => !met.has(key))
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
		if (isConstant(our) && isConstant(their))
			for (const [member, value] of Object.entries(their))
				if (our[member] !== value)
					found.set(`${name}.${member}`, `${our[member]}, there ${value}`);
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

/** A set of named texts, whether declared as an enum or as an object. */
const isConstant = (value) =>
	typeof value === "object" &&
	Object.values(value).every((member) => typeof member === "string");

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
