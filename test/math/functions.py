"""The functions that docs/math.md promises, with their bounds."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Function:
    name: str  # also of the reference in reference.h
    nodes: tuple  # TensorFlow operators from operand(s) to result
    ulp: float | None  # largest error over all floats; none: see `distance`
    low: float  # operands that are timed
    high: float
    distance: float | None = None  # largest absolute error
    least: int = -126  # exponent: smaller results are measured in its ULP
    operands: int = 1

    def graph(self, size):
        """The model as a text GraphDef: operands x and y, result z."""
        shape = f"shape {{ dim {{ size: {size} }} }}"
        text = ""
        for operand in ("x", "y")[: self.operands]:
            text += (f'node {{ name: "{operand}" op: "Placeholder" attr {{ key: "dtype" value '
                     f'{{ type: DT_FLOAT }} }} attr {{ key: "shape" value {{ {shape} }} }} }}\n')
        for number, (op, *inputs) in enumerate(self.nodes):
            name = "z" if number == len(self.nodes) - 1 else f"n{number}"
            sources = ""
            for source in inputs:
                if not isinstance(source, str):
                    constant = f"{name}_{len(sources)}"
                    text += (f'node {{ name: "{constant}" op: "Const" attr {{ key: "dtype" value '
                             f'{{ type: DT_FLOAT }} }} attr {{ key: "value" value {{ tensor {{ '
                             f'dtype: DT_FLOAT tensor_shape {{ }} float_val: {source!r} }} }} }} }}\n')
                    source = constant
                sources += f' input: "{source}"'
            text += (f'node {{ name: "{name}" op: "{op}"{sources} attr {{ key: "T" value '
                     f'{{ type: DT_FLOAT }} }} }}\n')
        return text


def unary(name, op, ulp, low, high):
    return Function(name, ((op, "x"),), ulp, low, high)


def binary(name, op, ulp, low, high):
    return Function(name, ((op, "x", "y"),), ulp, low, high, operands=2)


FUNCTIONS = (
    unary("exp", "Exp", 1, -20, 20),
    unary("expm1", "Expm1", 1.5, -5, 5),
    unary("log", "Log", 1, 1e-3, 1e3),
    unary("log1p", "Log1p", 2, -0.9, 10),
    unary("tanh", "Tanh", 2, -8, 8),
    unary("sigmoid", "Sigmoid", 2, -20, 20),
    unary("softplus", "Softplus", 2, -20, 20),
    unary("erf", "Erf", 1.5, -4, 4),
    unary("erfc", "Erfc", 2, -4, 4),
    Function("gelu", (("Mul", "x", 0.70710678), ("Erf", "n0"), ("Add", "n1", 1.0),
                      ("Mul", "x", 0.5), ("Mul", "n3", "n2")), None, -4, 4, distance=6e-7),
    Function("gelu_erfc", (("Neg", "x"), ("Mul", "n0", 0.70710678), ("Erfc", "n1"),
                           ("Mul", "x", 0.5), ("Mul", "n3", "n2")), None, -4, 4, distance=6e-7),
    Function("gelu_tanh", (("Pow", "x", 3.0), ("Mul", "n0", 0.044715), ("Add", "x", "n1"),
                           ("Mul", "n2", 0.7978845608), ("Tanh", "n3"), ("Add", "n4", 1.0),
                           ("Mul", "x", 0.5), ("Mul", "n6", "n5")), None, -4, 4, distance=6e-7),
    Function("swish", (("Sigmoid", "x"), ("Mul", "x", "n0")), 2, -20, 20, least=-119),
    unary("elu", "Elu", 1.5, -5, 5),
    unary("selu", "Selu", 2, -5, 5),
    unary("softsign", "Softsign", 2, -5, 5),
    unary("sqrt", "Sqrt", 0.5, 1e-3, 1e3),
    unary("rsqrt", "Rsqrt", 2, 1e-3, 1e3),
    unary("sin", "Sin", 2, -4, 4),
    unary("cos", "Cos", 2, -4, 4),
    unary("tan", "Tan", 2, -4, 4),
    unary("asin", "Asin", 2, -1, 1),
    unary("acos", "Acos", 2, -1, 1),
    unary("atan", "Atan", 1.5, -4, 4),
    unary("sinh", "Sinh", 2, -5, 5),
    unary("cosh", "Cosh", 2, -5, 5),
    unary("asinh", "Asinh", 2, -5, 5),
    unary("acosh", "Acosh", 2, 1, 10),
    unary("atanh", "Atanh", 2, -1, 1),
    binary("pow", "Pow", 2, 0.1, 4),
    Function("square", (("Pow", "x", 2.0),), 0.5, -4, 4),
    Function("cube", (("Pow", "x", 3.0),), 2, -4, 4),
    Function("root", (("Pow", "x", 0.5),), 0.5, 1e-3, 1e3),
    binary("atan2", "Atan2", 2, -4, 4),
    binary("fmod", "Mod", 0, 0.1, 9),
)
