// Packages that ship inside a package of ours, as far as it uses them: its users install none of them.
// Each is pinned among the devDependencies of who bundles it, and its licence goes along.
export const BUNDLED = { azidentity: ["node-forge"], emulator: [] };
