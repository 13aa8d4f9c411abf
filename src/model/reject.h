#pragma once

#include <string>
#include <string_view>

namespace tallymill {

// Why one record cannot be used. `reason` is a code of model/reason.h; `message` says which field
// or expression, never a value of the payload.
struct Reject {
  std::string_view reason;
  std::string message;
};

}  // namespace tallymill
