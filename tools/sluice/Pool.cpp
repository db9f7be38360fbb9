//===- Pool.cpp - Threads of measured runs --------------------------------===//

#include "tools/sluice/Pool.h"
#include "compiler/Support/ModelError.h"

using namespace sluice;

llvm::Expected<Pool> sluice::makePool(int64_t threads) {
  Pool pool(nullptr, [](sluice_threads *made) { sluice_pool_destroy(made); });
  if (threads == 1)
    return pool;
  pool.reset(sluice_pool_create(static_cast<int>(threads)));
  if (!pool)
    return makeFileError("sluice", "the system refuses a pool of " +
                                       llvm::Twine(threads) + " threads");
  sluice_pool_spin(pool.get(), 1000); // one run follows another
  return pool;
}
