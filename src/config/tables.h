#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/loading.h"
#include "config/spec.h"
#include "config/yaml_node.h"

namespace tallymill {

// What becomes of which table, over all pipelines.
class Tables {
 public:
  // By one aggregation of one pipeline each: reports a table that is written already.
  void write(const TablePlan& plan, Spot spot, Loading& loading);
  // By a lookup; `node` names it.
  void read(const TableName& table, YamlNodePtr node) { read_.emplace_back(table, std::move(node)); }

  // Warns of lookups that read what the daemon writes, in its schema `own` or elsewhere.
  void check_readers(const std::string& own, Loading& loading) const;

 private:
  std::map<std::string, Spot> written_;
  std::vector<std::pair<TableName, YamlNodePtr>> read_;
};

}  // namespace tallymill
