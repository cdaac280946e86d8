import { createRequire } from "node:module";
import { resolve } from "node:path";

/**
 * Machine code, from the package that holds it for one platform. Throws where there is no such package, and where the
 * runtime does not load it.
 */
export function platformPackage(name: string): unknown {
	// Programs that are bundled into one CommonJS file have no such URL: then the package is looked for beside them.
	const from: string | undefined = import.meta.url;
	return createRequire(from ?? resolve(process.argv[1] ?? "program"))(name);
}
