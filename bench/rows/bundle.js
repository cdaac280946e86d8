import { less } from "../asked.js";
import { commandOf } from "../subjects.js";

const EXPORTS = {
	azidentity: ["ClientSecretCredential", "azidentity"],
	"azure-identity": ["ClientSecretCredential", "@azure/identity"],
	"msal-node": ["ConfidentialClientApplication", "@azure/msal-node"],
};

export const row = {
	title: "bundle of one credential",
	how: "A program that imports one credential that signs in by a secret, bundled and minified by esbuild for Node: what is loaded at its start, and with all that is loaded on first need.",
	unit: "bytes",
	subjects: Object.keys(EXPORTS),
	turns: { full: 1, quick: 1 },
	columns: [
		{ key: "start", title: "at the start" },
		{ key: "all", title: "all of it" },
	],
	asked: [{ ...less, column: "start", title: "bundle, at the start" }],
	async measure(subject, _prepared, { scratch }) {
		await commandOf(subject);
		const { build } = await import("esbuild");
		const { home } = scratch.cache();
		const [name, module] = EXPORTS[subject];
		const from = subject === "azidentity" ? ".." : "../today";
		const { outputs } = (
			await build({
				stdin: {
					contents: `export { ${name} } from "${module}";`,
					resolveDir: new URL(from, import.meta.url).pathname,
				},
				outdir: home,
				...{ bundle: true, minify: true, splitting: true, metafile: true },
				...{ platform: "node", format: "esm", logLevel: "silent" },
				loader: { ".node": "empty" },
				external: ["koffi", "@koromix/*"],
			})
		).metafile;
		return sizesOf(outputs);
	},
};

/** An entry and the chunks it imports statically are loaded at the start. */
function sizesOf(outputs) {
	const atStart = new Set();
	const visit = (file) => {
		if (atStart.has(file) || outputs[file] === undefined) return;
		atStart.add(file);
		for (const { path, kind } of outputs[file].imports)
			if (kind === "import-statement") visit(path);
	};
	visit(Object.keys(outputs).find((file) => file.endsWith("stdin.js")));
	const sum = (files) =>
		files.reduce((total, file) => total + outputs[file].bytes, 0);
	return { start: sum([...atStart]), all: sum(Object.keys(outputs)) };
}
