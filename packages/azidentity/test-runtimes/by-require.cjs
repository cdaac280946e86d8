const azidentity = require("azidentity");

import("./smoke.mjs").then(({ run }) => run(azidentity));
