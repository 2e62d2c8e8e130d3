#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "broker/program.h"

int main(int argc, char** argv) {
  return moldau::broker::run_program(std::vector<std::string>(argv + 1, argv + argc), std::cout, std::cerr);
}
