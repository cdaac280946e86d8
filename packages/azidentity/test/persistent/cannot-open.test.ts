import assert from "node:assert/strict";
import { test } from "vitest";
import { pathFailure } from "../../src/stores/persistent/cannot-open.ts";
import { cannotOpen } from "./refusals.ts";

const failure = (code: string) => Object.assign(new Error(code), { code });

test.each(["EACCES", "EPERM", "ELOOP", "EISDIR", "ENOTDIR", "ENXIO"])(
	"where the system answers %s the cache cannot be opened, and the error says where",
	(code) => {
		const error = pathFailure("some/cache", failure(code));
		cannotOpen("some/cache")(error as Error);
	},
);

test.each(["EROFS", "ENOSPC", "EDQUOT", "EIO", "EMFILE", "EFBIG"])(
	"a disk that answers %s costs the memory of tokens, and not the tokens",
	(code) => {
		const error = failure(code);
		assert.equal(pathFailure("some/cache", error), error);
	},
);
