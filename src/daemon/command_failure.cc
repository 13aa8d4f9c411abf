#include "daemon/command_failure.h"

#include <cstdio>
#include <string>

#include "daemon/exit_codes.h"
#include "daemon/secrets.h"
#include "sink/postgres/explain_missing.h"

namespace tallymill {

int command_failed(const Spec& spec, const Error& error, std::string_view before) {
  const Error explained = postgres::explain_missing(spec.postgres, resolve_secret, error);
  std::fprintf(stderr, "tallymill: %s%s\n", std::string(before).c_str(), explained.message().c_str());
  return exit_code::failure;
}

}  // namespace tallymill
