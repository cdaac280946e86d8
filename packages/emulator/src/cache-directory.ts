import { homedir } from "node:os";
import path from "node:path";

/** Where this user's emulators keep their certificates, unless told otherwise. */
export function cacheDirectory(
	environment: NodeJS.ProcessEnv = process.env,
	platform: NodeJS.Platform = process.platform,
): string {
	return path.join(userCache(environment, platform), "azidentity-emulator");
}

function userCache(
	environment: NodeJS.ProcessEnv,
	platform: NodeJS.Platform,
): string {
	if (environment.XDG_CACHE_HOME) return environment.XDG_CACHE_HOME;
	if (platform === "win32" && environment.LOCALAPPDATA)
		return environment.LOCALAPPDATA;
	if (platform === "darwin") return path.join(homedir(), "Library", "Caches");
	return path.join(homedir(), ".cache");
}
