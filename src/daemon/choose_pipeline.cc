#include "daemon/choose_pipeline.h"

#include <string_view>
#include <vector>

#include "expression/nearest.h"

namespace tallymill {

Result<const PipelineSpec*> choose_pipeline(const Spec& spec, const std::string& name) {
  std::string known;
  std::vector<std::string_view> names;
  for (const PipelineSpec& pipeline : spec.pipelines) {
    if (pipeline.name == name) return &pipeline;
    known += (known.empty() ? "" : ", ") + pipeline.name;
    names.push_back(pipeline.name);
  }
  if (name.empty() && names.size() == 1) return &spec.pipelines.front();
  if (name.empty()) {
    return Error(Reaction::stop, "the configuration has several pipelines; name one of " + known);
  }
  const auto meant = expression::nearest(name, names);
  return Error(Reaction::stop, "there is no pipeline " + name + " in the configuration; " +
                                   (meant ? "did you mean " + std::string(*meant) + "? It has "
                                          : "it has ") +
                                   known);
}

}  // namespace tallymill
