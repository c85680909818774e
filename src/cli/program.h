// The command line: `lindung <group> <command> …`. Exit status: 0 done, 1 a negative result or an error, 2 wrong usage,
// 3 no server there.
#pragma once

namespace lindung::cli {

enum ExitStatus : int { done = 0, negative = 1, usage = 2, no_server = 3 };

[[nodiscard]] int run(int argc, char** argv);

}  // namespace lindung::cli
