#!/usr/bin/env node
// npm links a command only when its file exists at the time of the install, and in a clone the build comes after that.
require("../dist/cli/main.js");
