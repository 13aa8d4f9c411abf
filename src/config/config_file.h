#pragma once

// Gets the text of configuration files, and of nothing else: whatever is no regular file, no UTF-8
// or too large is a problem, and nothing blocks.

#include <memory>
#include <string>
#include <vector>

#include "config/document.h"
#include "config/problems.h"

namespace tallymill {

inline constexpr std::size_t max_config_bytes = std::size_t{1} << 20;

struct ConfigFile {
  std::unique_ptr<Document> document;
  unsigned mode = 0;  // The file's permissions.
};

// The files that `path` stands for: itself, or the *.yaml files of a folder in the order of their
// names, but for *.test.yaml, which hold cases. Empty with a problem if there is none.
[[nodiscard]] std::vector<std::string> list_config_files(const std::string& path,
                                                         Problems& problems);

// Reads one file. Its document is null if there was a problem.
[[nodiscard]] ConfigFile read_config_file(const std::string& path, Problems& problems);

// A document of this text, unless it is empty, too large, no UTF-8, or holds control characters;
// then null, with a problem.
[[nodiscard]] std::unique_ptr<Document> make_document(const std::string& name, std::string text,
                                                      Problems& problems);

// A path that stands in the document: relative to the document's folder.
[[nodiscard]] std::string absolute_path(const Document& document, const std::string& path);

}  // namespace tallymill
