#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace moldau::broker {

/// The program `moldau` with these arguments, its own name not among them; gives the exit status. What goes
/// to stdout and stderr goes to `out` and `err`, but for the log and the ready line of the server.
int run_program(std::vector<std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace moldau::broker
