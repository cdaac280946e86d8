import assert from "node:assert/strict";
import type { TestContext } from "vitest";

/** A user that is neither root nor whoever runs the tests. */
export const SOMEBODY = 12345;

/** Skips a test that gives files to somebody else. */
export function needsRoot({ skip }: TestContext): void {
	skip(process.getuid?.() !== 0, "only root can give files away");
}

/** The error that says that the cache cannot be opened as asked, and why. */
export function cannotOpen(reason: string) {
	return (error: Error & { cannotOpen?: boolean }) => {
		assert.equal(error.name, "CredentialUnavailableError");
		assert.equal(error.cannotOpen, true);
		assert.ok(error.message.includes(reason), error.message);
		return true;
	};
}
