#pragma once

#include "expression/operation.h"
#include "expression/program.h"

namespace tallymill::expression {

// What a Program holds; a derive's is run from within other programs.
struct Program::Compiled {
  OperationPtr root;
  Type type;
};

}  // namespace tallymill::expression
