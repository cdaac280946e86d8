// Lets Node run TypeScript as it is (`node --import`): what newer versions do by themselves, 20 does not.
import { register } from "node:module";

const hooks = `
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from ${JSON.stringify(import.meta.resolve("esbuild"))};
export async function load(url, context, next) {
	if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
	const { code } = await transform(await readFile(fileURLToPath(url), "utf8"), {
		loader: "ts",
		sourcemap: "inline",
		tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
	});
	return { format: "module", source: code, shortCircuit: true };
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
