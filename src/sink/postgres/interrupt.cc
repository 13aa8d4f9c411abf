#include "sink/postgres/interrupt.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"

namespace tallymill::postgres {

Interrupt::Interrupt() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(descriptor_ >= 0, "a process may open a descriptor for each pipeline");
}

Interrupt::~Interrupt() { close(descriptor_); }

void Interrupt::raise() {
  raised_ = true;
  // Refused only where it could be read from already.
  (void)eventfd_write(descriptor_, 1);
}

}  // namespace tallymill::postgres
