"""Every code that irlib reports: what it is called, what causes it, how it is cured. The one table of them."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CODES", "Code"]


class Code(NamedTuple):
    """What a code stands for."""

    title: str
    cause: str
    cure: str


CODES: dict[str, Code] = {
    "IR000": Code("error", "an error of no particular kind", "read its message"),
    # structure and names
    "IR100": Code("structure", "the graph is not well formed", "read the message for the element"),
    "IR101": Code("cycle", "a node depends on its own result", "break the cycle that the message names"),
    "IR102": Code(
        "dangling reference",
        "an edge, output, name or table entry refers to a node, result or entry that is not there",
        "write the graph again with its producer, or correct the index",
    ),
    "IR103": Code("operand given twice", "two edges flow into one operand", "keep one of the edges"),
    "IR104": Code("wrong number of operands", "an op got too few or too many operands", "see the op's signature"),
    "IR105": Code("operand absent", "an operand that must be there is not", "give the operand"),
    "IR106": Code("value of another graph", "a value was used in a graph it is not of", "pass it in as an input"),
    "IR107": Code(
        "free variable",
        "a body or region has a parameter, input or buffer that nothing is bound to",
        "make it an input of the region",
    ),
    "IR108": Code(
        "not in topological order",
        "a node stands before one of its operands; the graph is acyclic and can be read",
        "load and save the file, which puts the nodes in canonical order",
    ),
    "IR109": Code("edge into a variable", "a bound variable was given an operand", "let the edge end at an op"),
    "IR110": Code("name", "something is wrong with a name", "read the message"),
    "IR111": Code(
        "not a name",
        "a name is missing, empty, longer than 4096 bytes, not Unicode or has control characters",
        "choose another name",
    ),
    "IR112": Code("name taken", "two nodes or two outputs have one name", "rename one of them"),
    "IR113": Code("no such name", "nothing is called so", "see the names with irlib show"),
    "IR115": Code(
        "columns disagree",
        "columns of one table have different lengths, or their counts do not add up",
        "write the file again with its producer",
    ),
    "IR116": Code(
        "variable not bound once",
        "an entry of the variable table has no node, or more than one",
        "give each variable exactly one node",
    ),
    "IR117": Code(
        "table entry written twice",
        "two entries of a table of distinct things are equal",
        "keep one and refer to it",
    ),
    "IR118": Code(
        "models that differ",
        "models that are to become one have other inputs or outputs than the first",
        "give them equal inputs, and name outputs that all have",
    ),
    # types
    "IR200": Code("type", "an operand or a declaration has the wrong type", "read the message"),
    "IR201": Code("unknown dtype", "no dtype has this name or number", "use one of irlib's dtypes"),
    "IR202": Code("not a type", "the text or entry does not write a type", "write it as float32[batch, 64]"),
    "IR203": Code(
        "wrong kind of value", "a sequence, optional or object stands where a tensor must", "convert it first"
    ),
    "IR204": Code("wrong dtype", "an op does not take this dtype, or these together", "cast the value"),
    "IR205": Code("shape out of range", "a rank over 32, or a dim below 0 or from 2**48", "use smaller shapes"),
    "IR206": Code("no broadcast", "two dims differ and neither is 1", "reshape one operand"),
    "IR207": Code("shapes differ", "dims or ranks that must be equal are not", "reshape one operand"),
    "IR208": Code("index out of range", "a constant index is not within its dim", "use -dim <= index < dim"),
    "IR210": Code("rank unknown", "an op needs a rank that is not known", "declare the type, or use irlib.specialize"),
    "IR220": Code(
        "tensor does not fit", "a tensor's bytes are not what its dtype and shape say", "write the file again"
    ),
    "IR221": Code("symbol", "a symbol's name or bounds are wrong", "use letters, digits, _ and ., minimum <= maximum"),
    "IR230": Code(
        "type contradicted",
        "a result is declared with a dtype, rank or dim that its operands cannot give",
        "correct the declared type, or the op",
    ),
    "IR231": Code(
        "number of results", "a node has more or fewer results than its op gives", "declare each result once"
    ),
    "IR232": Code(
        "body does not fit",
        "the inputs of a composite's body are not the operands of the node, in number or type",
        "let the producer make the body anew for these operands",
    ),
    "IR233": Code(
        "region does not fit",
        "a region has other inputs or outputs, in number or type, than the op that holds it gives it or needs of it",
        "make the region for these operands",
    ),
    "IR234": Code("type rule failed", "the type rule of an op broke down on these operands", "report it with the file"),
    "IR235": Code("value does not fit", "a tensor's type is not the declared type of its variable", "declare its type"),
    "IR236": Code(
        "value missing or too many",
        "a constant has no value, or an input has one",
        "give the constant its value; make the input a parameter or a constant",
    ),
    "IR237": Code(
        "place set twice",
        "the constant indices of a scatter with reduction set name one place more than once",
        "give each place one update, or use reduction add, multiply, max or min",
    ),
    # ops and attributes
    "IR300": Code("attribute", "something is wrong with an attribute", "read the message"),
    "IR301": Code("unknown attribute", "an op has no attribute of this name", "see the op's attributes"),
    "IR302": Code(
        "attribute missing or wrong", "an attribute is missing or of the wrong kind", "see the op's attributes"
    ),
    "IR303": Code("axis out of range", "an axis is not within the operand's rank", "use -rank <= axis < rank"),
    "IR304": Code("body on a primitive", "an op that needs no body has one", "leave the body out"),
    "IR305": Code("bounds out of order", "a lower bound is above the upper one", "swap them"),
    "IR310": Code(
        "unknown op",
        "this reader does not know the op, and it has no body",
        "read the file with a newer irlib, or embed the body",
    ),
    "IR311": Code(
        "unknown op version",
        "this reader knows other versions of the op, and it has no body",
        "read the file with a newer irlib",
    ),
    "IR312": Code(
        "body missing",
        "an op of another dialect has no body, and nothing here knows the dialect's rules",
        "embed the body when the file is written, or import the converter of the dialect",
    ),
    "IR320": Code("not supported", "irlib knows of it and cannot do it", "read the message"),
    "IR321": Code("no kernel", "the interpreter has no kernel for a primitive", "run it with another target"),
    "IR322": Code(
        "no body for these operands",
        "a composite's body cannot be made even for the operands it is run on",
        "see the op's description for the operands it takes",
    ),
    "IR323": Code("no such target", "nothing runs graphs under this name", "use one that the message names"),
    "IR324": Code(
        "package missing", "the work needs a package that is not installed", "install what the message names"
    ),
    "IR325": Code("no such optimizer", "no optimizer has this name", "use one that the message names"),
    "IR326": Code("no such option", "a target does not have this option", "use one that the message names"),
    # outputs and roles
    "IR401": Code("unknown role", "no such role of a variable or output", "use one that the message names"),
    "IR402": Code(
        "output of nothing",
        "a gradient or update does not name a variable of the graph, or another role names one",
        "let `of` name the variable",
    ),
    "IR403": Code(
        "gradient or update of another type",
        "a gradient or update has not the dtype and shape of its variable",
        "sum it to the variable's shape, or cast it",
    ),
    "IR404": Code("update of what cannot be updated", "only parameters and buffers can be", "make it a buffer"),
    "IR405": Code(
        "loss is no scalar", "an output of role loss is not a float of rank 0", "reduce it, or make it a result"
    ),
    "IR406": Code("two updates", "two outputs are updates of one variable", "keep one of them"),
    # files, limits, safety
    "IR500": Code("file", "a file cannot be opened, read or written", "read the message"),
    "IR501": Code("not a model", "the bytes are damaged, cut short or something else", "get the file again"),
    "IR502": Code("suffix", "the name of the file does not say what it is", "use .pb or .json"),
    "IR503": Code("format version", "the file is of a format version this reader does not know", "use a newer irlib"),
    "IR504": Code(
        "unknown field",
        "the file has a field that version 1 of the format does not have, or has it with another wire type",
        "read the file with a newer irlib",
    ),
    "IR505": Code("written twice", "something that may be there once is there twice", "write the file again"),
    "IR506": Code("value missing", "a field that must be there is not", "write the file again with its producer"),
    "IR507": Code(
        "not the schema", "a JSON file does not follow the published JSON Schema", "see the path in the message"
    ),
    "IR508": Code(
        "cannot be written",
        "the graph holds something that the format has no form for",
        "read the message for the element",
    ),
    "IR510": Code("unsafe", "the file breaks a safety rule", "do not trust it"),
    "IR511": Code("over a limit", "a size is over the format's limit", "make the model smaller, or split it"),
    "IR512": Code(
        "sidecar path",
        "the weights file is not a plain file of one path component beside the model",
        "put the weights beside the model",
    ),
    "IR513": Code("sidecar missing", "the weights file is not there", "copy it together with the model"),
    "IR514": Code("sidecar size", "the weights file is shorter or longer than the model says", "copy it again"),
    "IR515": Code("sidecar hash", "the weights file is not the one the model was saved with", "copy it again"),
    "IR516": Code(
        "sidecar layout",
        "the header of the weights file disagrees with the model, or its data overlap or have gaps",
        "save the model again",
    ),
    "IR517": Code("nesting", "graphs nest too deep or refer forwards", "write the file again with its producer"),
    "IR519": Code(
        "checkpoint of another training",
        "a checkpoint was made with another model, optimizer, data, batch size or seed",
        "train as before, or to another checkpoint",
    ),
    # the text form
    "IR530": Code("not the text form", "a line is not written as the text form is", "see the column in the message"),
    "IR531": Code(
        "tensor left out",
        "the text leaves out the elements of a large tensor and gives only its hash",
        "write the text with weights=True",
    ),
    "IR532": Code("unknown label", "an operand or output refers to a node that is not above it", "define it first"),
    # running and differentiating
    "IR600": Code("feed", "a feed has the wrong name, shape or dtype, or is missing", "read the message"),
    "IR601": Code(
        "feed of nothing", "a feed has a name that no variable of the graph has", "see the names with irlib show"
    ),
    "IR602": Code(
        "feed missing", "an input, or a variable without a value, was not fed", "feed what the message names"
    ),
    "IR603": Code("feed does not fit", "a feed has not the declared dtype or shape", "cast or reshape it"),
    "IR604": Code("dim out of bounds", "a dim is outside the bounds of its symbol", "feed an array within the bounds"),
    "IR605": Code("cotangents", "the cotangents are not one for each output in `of`", "give one for each output"),
    "IR610": Code("execution", "an op failed while it ran", "see the node and the operands' types in the message"),
    "IR611": Code(
        "loop cannot be stacked",
        "the values that a loop stacks have different shapes, or what it scans different lengths",
        "bring them to one shape, or collect them in a sequence",
    ),
    "IR612": Code(
        "integer arithmetic",
        "an integer was divided by zero or raised to a negative power",
        "guard it, or cast to a float",
    ),
    "IR613": Code(
        "does not fit", "a strict cast met NaN, infinity or a number out of range", "clip it, or cast not strictly"
    ),
    "IR614": Code(
        "loss not finite",
        "the loss of a training became NaN or infinite",
        "lower the learning rate, clip the gradients, or mend the node that the message names",
    ),
    "IR620": Code("over budget", "the run would need more than its budget", "give it a larger budget"),
    "IR621": Code(
        "too many nodes", "the bodies of composites expand to more nodes than allowed", "keep the composites"
    ),
    "IR622": Code(
        "loop did not end", "a loop made as many steps as it may", "raise its max_trips, or correct its condition"
    ),
    "IR623": Code("too much to draw", "a picture would have more boxes than can be told apart", "draw the layers"),
    "IR700": Code("derivative", "a derivative does not exist or is not known", "read the message"),
    "IR701": Code("no derivative known", "the op has no derivative rule", "leave it out of the path, or give a rule"),
    "IR702": Code("not a real scalar", "what is differentiated has no default cotangent", "give it its cotangent"),
    "IR703": Code("no cotangent", "integers, bools and strings carry none", "name floats only"),
    "IR704": Code("which output", "the graph has several outputs and none was named", "name it as `of`"),
    "IR705": Code(
        "derivative of a carried sequence",
        "a loop whose derivative is asked for carries a sequence or an optional",
        "carry tensors of one shape",
    ),
    # warnings and notes
    "IR801": Code("dead nodes", "no output needs these nodes", "leave them out, or make them outputs"),
    "IR802": Code(
        "unused state", "no output needs these parameters or buffers", "leave them out, if that was not meant"
    ),
    "IR803": Code("unused input", "no output needs these inputs", "leave them out, if that was not meant"),
    "IR804": Code("no outputs", "a graph without outputs computes nothing", "make what it is for an output"),
    "IR805": Code("unused symbol", "a symbol is declared that no type uses", "leave it out"),
    "IR806": Code("unused constant", "no output needs these constants", "leave them out"),
    # ONNX
    "IR850": Code("not an ONNX model", "the bytes are damaged, cut short or something else", "get the file again"),
    "IR851": Code("opset import", "the opset of a domain is not imported, or twice", "import each domain once"),
    "IR852": Code(
        "opset version", "the opset version is none, or newer than the onnx package knows", "install a newer onnx"
    ),
    "IR853": Code(
        "not in the opset", "the operator is not in the imported version of its domain", "correct opset_import"
    ),
    "IR854": Code("no rule", "irlib has no meaning for this operator or version yet", "report it with the model"),
    "IR855": Code("subgraph", "a subgraph has not the inputs or outputs its operator asks for", "see the operator"),
    "IR856": Code("recursive function", "a function of the model calls itself", "functions may not be recursive"),
    "IR857": Code(
        "function", "a function of the model is defined twice, has no name or cannot be read", "see the message"
    ),
    "IR858": Code(
        "type of value", "maps, opaque and sparse values are types that irlib does not have", "convert it first"
    ),
    # numpy code
    "IR870": Code("not numpy", "an op, or what is known of its types, cannot be numpy code", "see the message"),
    "IR871": Code("no such style", "emitted code has no such style", "use one that the message names"),
    "IR880": Code(
        "not known while traced",
        "Python needs a number, a truth value or a size that only a run will know",
        "use where, clip or maximum, irlib.cond or scan, or name what it depends on in static=",
    ),
    "IR881": Code("not traced", "a function, argument or dtype of numpy that graphs have no op for", "see the message"),
    "IR882": Code(
        "not written",
        "a write into what numpy lets nobody write into, or into what may be a view or a copy",
        "write into a .copy() of it",
    ),
    "IR883": Code(
        "written in a region",
        "the body of scan, cond or while_loop writes into an array from outside",
        "hand it on as a carry",
    ),
    "IR884": Code("arguments", "what a function is traced with does not fit it, or is no array", "see the message"),
    "IR885": Code("index", "an index is out of bounds, or nothing that numpy takes for one", "correct it"),
    "IR886": Code("no result", "a traced function returns nothing that could be an output", "return arrays"),
    "IR887": Code(
        "refused as by numpy",
        "a call in traced code that numpy refuses too: shapes, axes or values that do not fit",
        "correct the line that the message names",
    ),
    # numpy code that is read as text
    "IR890": Code(
        "not read",
        "source has a construct that reading text does not allow",
        "write it with what docs/numpy.md lists, or use irlib.trace on a function that you own",
    ),
    "IR891": Code("not Python", "the source cannot be parsed", "correct it at the line that the message names"),
    "IR892": Code(
        "branches differ",
        "a branch on a traced value leaves something that is not one shape and dtype on both sides",
        "let both sides assign arrays of one shape and dtype",
    ),
    "IR893": Code(
        "over a reading limit",
        "reading the source would take more steps, nodes, elements, bits or time than the limit",
        "make it smaller, or pass limits=",
    ),
    "IR894": Code(
        "no such name",
        "source uses or imports a name that neither it, nor the builtins that are read, nor irlib's numpy have",
        "define it in the source, or pass it in",
    ),
    "IR895": Code("the source raises", "an assert or raise of the source was reached", "call it with what it takes"),
    "IR896": Code("the source fails", "a statement would fail in Python too", "correct the source"),
    "IR897": Code(
        "depends on a traced value",
        "a loop, index or key needs what only a run will know",
        "use where, a mask, irlib.scan or while_loop, or name what it depends on in static=",
    ),
    # what ails a network
    "IR901": Code(
        "vanishing gradients",
        "the gradient at the first activations is a thousandth of that at the last, or less; of steps, a millionth",
        "fewer layers, batch normalization, skip connections, rectifiers; for sequences an LSTM or GRU",
    ),
    "IR902": Code(
        "exploding gradients",
        "the gradient at the first activations or steps is a thousand times that at the last, or more",
        "clip the gradients, or draw smaller weights",
    ),
    "IR903": Code(
        "saturated units",
        "half of the values of a tanh or sigmoid, or more, are at its ends, where its slope is near 0",
        "smaller first weights, scaled inputs, a lower learning rate, or a normalization",
    ),
    "IR904": Code(
        "dead units",
        "half of the units of a rectifier, or more, are 0 for the whole batch and learn nothing",
        "a lower learning rate, weights drawn by he_normal, or leaky_relu",
    ),
    "IR905": Code("symmetric units", "the units of a layer are equal and will stay so", "draw the weights at random"),
    "IR906": Code(
        "no gradient", "a parameter's gradient is 0 everywhere", "leave it out, or look for what cuts its path"
    ),
    "IR907": Code(
        "unscaled inputs",
        "an input is far from mean 0 and deviation 1, or its features differ widely in scale",
        "bring each feature to mean 0 and deviation 1",
    ),
    "IR908": Code("source of NaN", "a node makes NaN or infinity of finite operands", "guard or scale its operands"),
}
