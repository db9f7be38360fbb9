//===- GraphWinogradOps.td - Transforms of Winograd's convolution ---------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHWINOGRADOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHWINOGRADOPS

include "dialects/Graph/GraphBase.td"

// Half of a 3x3 convolution with stride 1 by Winograd's F(4x4, 3x3): tiles of
// 4 by 4 results come from tiles of 6 by 6 elements of the input.
class Graph_WinogradOp<string mnemonic>
    : Graph_ValueOp<mnemonic, [Pure,
        DeclareOpInterfaceMethods<Graph_EvaluableOpInterface,
                                  ["getEvaluationCost"]>,
        DeclareOpInterfaceMethods<Graph_KernelRootOpInterface>]> {
  let results = (outs RankedTensorOf<[F32]>:$result);
  let extraClassDefinition = [{
    ::sluice::graph::RootKind $cppClass::getRootKind() {
      return RootKind::Transform;
    }
  }];
}

def Graph_WinogradInputOp : Graph_WinogradOp<"winograd_input"> {
  let summary = "Tiles of an image, transformed for Winograd's convolution";
  let description = [{
    The operand `[n, 4 * h + 2, 4 * w + 2, c]` is covered by tiles `d` of 6 by 6
    elements, one for every 4 by 4 results of the convolution. Tile `t`, counted
    along `n`, `h`, `w`, becomes `B^T d B` for each channel, whose 36 elements
    are `result[0 to 35, t, c]`. Of `tiles`, those beyond `n * h * w` are zero.

    ```
          | aabb    0    -aa-bb    0     1  0 |
          |  0    -abb    -bb      a     1  0 |
    B^T = |  0     abb    -bb     -a     1  0 |
          |  0    -aab    -aa      b     1  0 |
          |  0     aab    -aa     -b     1  0 |
          |  0    aabb      0   -aa-bb   0  1 |
    ```

    The points of interpolation are 0, a, -a, b, -b and infinity with `a = 5/8`
    and `b = 3/2`. All coefficients are exact in f32; the error is a quarter of
    that with the usual 1 and 2, and about twice that of direct sums.

    Constraints:
    - (C1) The operand has four dimensions of known size, none empty.
    - (C2) The two in the middle are of the form `4 * k + 2` with `k >= 1`.
    - (C3) `tiles` is at least `n * h * w`.

    ```mlir
    %1 = graph.winograd_input %0 tiles 4 : tensor<1x10x10x8xf32>
    ```

    Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks".
  }];
  let arguments = (ins RankedTensorOf<[F32]>:$operand, I64Attr:$tiles);
  let assemblyFormat = "$operand `tiles` $tiles attr-dict `:` type($operand)";
}

def Graph_WinogradOutputOp : Graph_WinogradOp<"winograd_output"> {
  let summary = "Results of Winograd's convolution from transformed tiles";
  let description = [{
    The inverse of the transforms: 36 elements `m` of each tile and channel give
    the 4 by 4 results `A^T m A`. Tiles are counted as in `winograd_input`; of
    those at the ends of `h` and `w` only what lies inside is kept. The result
    is `[n, h, w, c]` with `sizes` `[n, h, w]`.

    ```
          | 1   1     1    1     1   0 |
    A^T = | 0   a    -a    b    -b   0 |
          | 0  aa    aa   bb    bb   0 |
          | 0  aaa -aaa  bbb  -bbb   1 |
    ```

    Constraints:
    - (C1) The operand is `[36, t, c]` of known size, none empty.
    - (C2) `sizes` are three positive numbers.
    - (C3) `t` is at least `n * ceil(h / 4) * ceil(w / 4)`.

    ```mlir
    %1 = graph.winograd_output %0 sizes [1, 7, 8] : tensor<36x4x8xf32>
    ```

    Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks".
  }];
  let arguments = (ins RankedTensorOf<[F32]>:$operand,
                       DenseI64ArrayAttr:$sizes);
  let assemblyFormat = "$operand `sizes` $sizes attr-dict `:` type($operand)";
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHWINOGRADOPS
