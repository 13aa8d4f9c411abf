#include "expression/program.h"

#include <utility>

#include "expression/operation.h"
#include "expression/program_root.h"

namespace tallymill::expression {

void EvaluationContext::begin_record() {
  arena.reset();
  headers_read = false;
  if (derived.size() != derives.size()) [[unlikely]] derived.resize(derives.size());
  for (Derived& entry : derived) entry.evaluated = false;
}

Program Program::compile(const NodePtr& tree, std::string name) {
  Program program;
  program.compiled_ =
      std::make_shared<const Compiled>(Compiled{Compiler(name).compile(*tree), tree->type});
  return program;
}

Outcome Program::run(EvaluationContext& context, Value& result) const {
  Outcome outcome = compiled_->root->run(context, result);
  if (outcome == Outcome::reject || outcome == Outcome::stop) [[unlikely]]
    context.reject = *context.failure;
  return outcome;
}

Type Program::type() const { return compiled_->type; }

}  // namespace tallymill::expression
