#pragma once

#include <optional>
#include <vector>

#include "config/section.h"
#include "model/field.h"

namespace tallymill {

// A declared field and where it stands.
struct DeclaredField {
  Field field;
  Spot spot;
};

// "string", "int", ...; a ? may follow each.
[[nodiscard]] std::vector<std::string_view> field_type_names();

// `source.fields`.
[[nodiscard]] std::vector<DeclaredField> read_fields(const Section& source, Loading& loading);

// `event_time`: finds its field among those declared, or adds it. Nothing if the pipeline has no
// event time of its own.
[[nodiscard]] std::optional<FieldIndex> read_event_time(const Section& event_time,
                                                        std::vector<DeclaredField>& fields,
                                                        Loading& loading);

}  // namespace tallymill
