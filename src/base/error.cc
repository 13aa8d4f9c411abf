#include "base/error.h"

namespace tallymill {

std::string_view to_string(Reaction reaction) {
  switch (reaction) {
    case Reaction::retry: return "retry";
    case Reaction::reject: return "reject";
    case Reaction::reassign: return "reassign";
    case Reaction::stop: return "stop";
  }
  return "stop";
}

Error Error::within(std::string_view context) const {
  std::string message(context);
  message += ": ";
  message += message_;
  return {reaction_, code_, std::move(message)};
}

}  // namespace tallymill
