import { cannotOpen } from "../cannot-open.ts";
import { platformPackage } from "./platform-package.ts";

/** What binds and makes calls to the system's libraries. */
export type Koffi = typeof import("koffi").default;

/**
 * What `bind` makes of koffi's machine code for this platform. That comes from the package that holds it and nothing
 * else: the package `koffi` around it brings C++ sources and a script that runs at install, and at run time adds names
 * that it has deprecated.
 * @param cannot What cannot be done without.
 * @throws an error that says `cannotOpen` where there is no such code, or the runtime does not load it.
 */
export function bindCalls<T>(
	cannot: "locked" | "encrypted",
	bind: (koffi: Koffi) => T,
): T {
	const name = `@koromix/koffi-${process.platform}-${process.arch}`;
	try {
		return bind(platformPackage(name) as Koffi);
	} catch (cause) {
		throw cannotOpen(
			`The token cache cannot be ${cannot}, because the native code of koffi could not be loaded (package ${name}): ${advice(cannot)}.`,
			cause,
		);
	}
}

function advice(cannot: "locked" | "encrypted"): string {
	const more =
		cannot === "encrypted" ? ", or set unsafeAllowUnencryptedStorage" : "";
	return isDeno()
		? `let Deno load it, with --allow-ffi${more}`
		: `install azidentity's dependencies for this platform, without leaving out optional ones${more}`;
}

/** Deno loads native code only where it is told to. */
function isDeno(): boolean {
	return "deno" in process.versions;
}
