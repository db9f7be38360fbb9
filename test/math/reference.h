/* Each function in double, on vectors of doubles: far more exact than an f32
   result has to be. The C library's vector functions are used where there are
   some, its scalar ones elsewhere; nothing is shared with the compiler. */

#ifndef SLUICE_TEST_MATH_REFERENCE_H
#define SLUICE_TEST_MATH_REFERENCE_H

#include <math.h>

#if defined(__AVX512F__)
enum { WIDTH = 8 };
#define VECTOR_NAME(kind, name) _ZGVeN8##kind##_##name
#elif defined(__AVX2__)
enum { WIDTH = 4 };
#define VECTOR_NAME(kind, name) _ZGVdN4##kind##_##name
#else
enum { WIDTH = 2 };
#endif

typedef double vec __attribute__((vector_size(WIDTH * sizeof(double))));

static inline vec each(double (*function)(double), vec x) {
  vec result;
  for (int i = 0; i < WIDTH; ++i)
    result[i] = function(x[i]);
  return result;
}
static inline vec each2(double (*function)(double, double), vec x, vec y) {
  vec result;
  for (int i = 0; i < WIDTH; ++i)
    result[i] = function(x[i], y[i]);
  return result;
}

#if defined(VECTOR_NAME) && defined(__GLIBC__) && defined(__GLIBC_MINOR__) &&  \
    __GLIBC__ == 2 && __GLIBC_MINOR__ >= 35
#define UNARY(name)                                                            \
  vec VECTOR_NAME(v, name)(vec);                                               \
  static inline vec ref_##name(vec x) { return VECTOR_NAME(v, name)(x); }
#define BINARY(name)                                                           \
  vec VECTOR_NAME(vv, name)(vec, vec);                                         \
  static inline vec ref_##name(vec x, vec y) {                                 \
    return VECTOR_NAME(vv, name)(x, y);                                        \
  }
#else
#define UNARY(name)                                                            \
  static inline vec ref_##name(vec x) { return each(name, x); }
#define BINARY(name)                                                           \
  static inline vec ref_##name(vec x, vec y) { return each2(name, x, y); }
#endif

UNARY(exp)
UNARY(expm1)
UNARY(log)
UNARY(log1p)
UNARY(sin)
UNARY(cos)
UNARY(tan)
UNARY(asin)
UNARY(acos)
UNARY(atan)
UNARY(sinh)
UNARY(cosh)
UNARY(tanh)
UNARY(asinh)
UNARY(acosh)
UNARY(atanh)
UNARY(erf)
UNARY(erfc)
BINARY(pow)
BINARY(atan2)

static inline vec ref_fmod(vec x, vec y) { return each2(fmod, x, y); }
static inline vec ref_sqrt(vec x) { return each(sqrt, x); }
static inline vec ref_rsqrt(vec x) { return 1.0 / each(sqrt, x); }

static inline vec ref_square(vec x) { return x * x; }
static inline vec ref_cube(vec x) { return x * x * x; }
static inline vec ref_root(vec x) { return each2(pow, x, (vec){} + 0.5); }

static inline vec choose(vec test, double limit, vec below, vec above) {
  vec result;
  for (int i = 0; i < WIDTH; ++i)
    result[i] = test[i] < limit ? below[i] : above[i];
  return result;
}
static inline vec ref_sigmoid(vec x) { return 1.0 / (1.0 + ref_exp(-x)); }
static inline vec ref_softplus(vec x) {
  return choose(x, 40, ref_log1p(ref_exp(x)), x);
}
static inline vec ref_softsign(vec x) { return x / (1.0 + each(fabs, x)); }
static inline vec ref_elu(vec x) { return choose(x, 0, ref_expm1(x), x); }
static inline vec ref_selu(vec x) {
  return choose(x, 0, 1.7580993408473768599 * ref_expm1(x),
                1.0507009873554804934 * x);
}
static inline vec ref_swish(vec x) { return x * ref_sigmoid(x); }
static inline vec ref_gelu(vec x) {
  return 0.5 * x * ref_erfc(-0.70710678118654752440 * x);
}
static inline vec ref_gelu_tanh(vec x) {
  return x * ref_sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x));
}
static inline vec ref_gelu_erfc(vec x) { return ref_gelu(x); }

#endif /* SLUICE_TEST_MATH_REFERENCE_H */
