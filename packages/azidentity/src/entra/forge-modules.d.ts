// The parts of node-forge by their files, for which there are no types: each adds to one object, and exports it.
declare module "node-forge/lib/*.js" {
	const forge: import("./der.ts").Forge;
	export = forge;
}
