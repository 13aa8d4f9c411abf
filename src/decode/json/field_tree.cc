#include "decode/json/field_tree.h"

namespace tallymill {

FieldTree FieldTree::build(const std::vector<Field>& fields) {
  FieldTree root;
  std::size_t next_number = 1;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    FieldTree* node = &root;
    for (const std::string& part : fields[i].path) {
      const std::size_t at = node->find(part, 0);
      if (at == node->children.size()) {
        node->children.push_back({part, std::nullopt, {}, next_number++});
        node = &node->children.back();
      } else {
        node = &node->children[at];
      }
    }
    node->field = i;
  }
  return root;
}

}  // namespace tallymill
