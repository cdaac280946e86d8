import * as azidentity from "azidentity";
import { run } from "./smoke.mjs";

await run(azidentity);
