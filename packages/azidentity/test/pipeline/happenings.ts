import { hours, minutes, seconds } from "@azidentity/testkit";
import fc from "fast-check";

/** What may happen around a stranger's credential, in any order. */
export const happening = fc.oneof(
	{
		weight: 8,
		arbitrary: fc.record({
			what: fc.constant("ask" as const),
			tenantId: fc.constantFrom(undefined, "", "t1", "t2", "T2"),
			enableCae: fc.boolean(),
			scopes: fc.constantFrom<string | string[]>(
				"s1",
				"s2",
				"S1",
				["s1"],
				["s2", "s1"],
				"s1  S2",
			),
			claims: fc.option(fc.constantFrom("c1", "c2"), {
				nil: undefined,
				freq: 4,
			}),
			callers: fc.constantFrom(1, 1, 3, 100),
			canAbort: fc.boolean(),
		}),
	},
	{
		weight: 5,
		arbitrary: fc.record({
			what: fc.constant("answer" as const),
			which: fc.nat(12),
			lifetime: fc.constantFrom(
				-1,
				1,
				minutes(4),
				minutes(20),
				hours(1),
				hours(24),
			),
			due: fc.constantFrom(undefined, -minutes(1), minutes(10), hours(48)),
		}),
	},
	fc.record({
		what: fc.constant("fail" as const),
		which: fc.nat(12),
		error: fc.constantFrom<unknown>(
			new Error("down"),
			"a text",
			undefined,
			null,
			Symbol("s"),
		),
	}),
	fc.record({
		what: fc.constant("babble" as const),
		which: fc.nat(12),
		answer: fc.constantFrom<unknown>(
			null,
			undefined,
			{},
			7,
			{ token: 1 },
			{ token: "x", expiresOnTimestamp: "soon" },
		),
	}),
	fc.record({ what: fc.constant("abort" as const), which: fc.nat(30) }),
	fc.record({
		what: fc.constant("pass" as const),
		time: fc.constantFrom(
			1,
			seconds(30),
			minutes(5),
			minutes(30),
			hours(3),
			-1_000,
		),
	}),
	fc.record({ what: fc.constant("settle" as const) }),
);

export type Happening =
	typeof happening extends fc.Arbitrary<infer T> ? T : never;
